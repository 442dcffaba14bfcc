<?php
ob_start(); echo "once"; if (pcntl_fork()) { pcntl_wait($s); } else { echo "child"; }
