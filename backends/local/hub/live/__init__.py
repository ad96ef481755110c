"""What happens in the hub, told to many at once: one look at the databases for all who listen in this process."""
