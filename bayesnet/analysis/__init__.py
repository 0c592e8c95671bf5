"""Every analysis, one file each: functions that take a compiled model or a query and return a frozen result."""
