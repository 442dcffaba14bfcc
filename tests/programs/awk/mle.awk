BEGIN { hoard = "xxxxxxxx"; while (1) hoard = hoard hoard }
