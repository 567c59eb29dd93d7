"""What comes in by upload, SFTP, mail: each arrival becomes one landed blob and one ingest."""
