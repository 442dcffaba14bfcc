<?php
echo "a"; exit(3);
