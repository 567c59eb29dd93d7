"""What is in a file, told without any service."""
