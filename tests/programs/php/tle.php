<?php while (true) {}
