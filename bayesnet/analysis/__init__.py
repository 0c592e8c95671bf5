"""Every analysis, one file each: functions that take the core of a network and give a frozen result."""
