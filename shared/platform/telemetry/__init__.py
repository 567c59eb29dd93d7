"""What a process tells about itself: JSON log lines without personal data."""
