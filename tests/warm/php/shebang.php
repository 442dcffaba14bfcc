#!/usr/bin/env php
<?php echo __LINE__, "\n"; throw new Exception("x");
