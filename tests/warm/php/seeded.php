<?php
mt_srand(42); var_dump(mt_rand(), rand(1, 100), array_rand(range(1, 100)), str_shuffle("abcdef")); srand(5); var_dump(mt_rand(), (new Random\Randomizer(new Random\Engine\Mt19937(1)))->getInt(1, 1000), (new Random\Randomizer(new Random\Engine\Xoshiro256StarStar(1)))->shuffleArray([1, 2, 3, 4]), mt_getrandmax());
