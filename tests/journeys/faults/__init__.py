"""What is killed, full, slow or hostile, while two hundred people use the server. `.ci/run` runs these alone: they need the machine."""
