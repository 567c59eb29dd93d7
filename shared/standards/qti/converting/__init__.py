"""From every version to QTI 3.0 and back: losses are named, and that scores are kept is proven."""
