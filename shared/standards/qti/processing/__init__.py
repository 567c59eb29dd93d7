"""Response, outcome and template processing: rules compiled to functions."""
