"""Takes the power from the file system at the given path: its shutdown ioctl, without writing anything back."""

import fcntl
import os
import struct
import sys

GOING_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN
NO_LOG_FLUSH = 2

fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), GOING_DOWN, struct.pack("I", NO_LOG_FLUSH))
