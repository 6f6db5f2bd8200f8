"""Stand-ins for the outside world, on the loopback interface. A person can run them, too."""
