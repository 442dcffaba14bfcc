<?php
var_dump(memory_get_usage(), memory_get_usage(true), memory_get_peak_usage(), memory_get_peak_usage(true)); $s = gc_status(); unset($s["application_time"], $s["collector_time"], $s["destructor_time"], $s["free_time"]); var_dump($s); $a = range(1, 100000); var_dump(memory_get_usage(), spl_object_id(new stdClass), spl_object_hash(new stdClass));
