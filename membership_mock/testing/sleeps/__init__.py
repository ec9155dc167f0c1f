"""Virtual sleep: sleeps of the code under test take no time, move the clocks and are recorded."""
