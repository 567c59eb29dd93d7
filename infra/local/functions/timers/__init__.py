"""Timer triggers: NCRONTAB schedules in UTC, one holder at a time, a durable status."""
