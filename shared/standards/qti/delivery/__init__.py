"""What a candidate may see of content: nothing that reveals an answer, nothing that runs."""
