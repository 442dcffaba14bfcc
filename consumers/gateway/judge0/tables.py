"""Judge0's numbers: languages, statuses, and the limits that its configuration has."""

from __future__ import annotations

from typing import Any

MULTI_FILE = 89
KIB = 1024
# Family names: clients look for the beginning. What runs is in parentheses behind it.
FAMILIES = {
    45: "Assembly", 46: "Bash", 48: "C", 49: "C", 50: "C", 51: "C#", 52: "C++", 53: "C++",
    54: "C++", 55: "Common Lisp", 56: "D", 57: "Elixir", 58: "Erlang", 59: "Fortran", 60: "Go",
    61: "Haskell", 62: "Java", 63: "JavaScript", 64: "Lua", 65: "OCaml", 66: "Octave",
    67: "Pascal", 68: "PHP", 69: "Prolog", 70: "Python", 71: "Python", 72: "Ruby", 73: "Rust",
    74: "TypeScript", 75: "C", 76: "C++", 77: "COBOL", 78: "Kotlin", 79: "Objective-C", 80: "R",
    81: "Scala", 82: "SQL", 85: "Perl", 86: "Clojure", 88: "Groovy", 89: "Multi-file program",
    91: "Java", 92: "Python", 93: "JavaScript", 94: "TypeScript", 95: "Go", 97: "JavaScript",
    98: "PHP", 99: "R", 100: "Python", 101: "TypeScript", 102: "JavaScript", 103: "C",
    104: "C", 105: "C++", 106: "Go", 107: "Go", 108: "Rust", 109: "Python", 110: "C",
    111: "Kotlin", 112: "Scala", 113: "Python",
}  # fmt: skip
# The flavour `extra` has numbers of its own, which start at 1, and stand for the same languages.
EXTRA = {
    1: ("75", "C"), 2: ("76", "C++"), 4: ("62", "Java"), 9: ("nim", "Nim"),
    10: ("71", "Python for ML"), 22: ("51", "C#"), 33: ("71", "Python for ML"),
    MULTI_FILE: ("46", "Multi-file program"),
}  # fmt: skip

IN_QUEUE, PROCESSING, ACCEPTED, WRONG_ANSWER, TIME_LIMIT, COMPILATION_ERROR = range(1, 7)
SIGSEGV, SIGXFSZ, SIGFPE, SIGABRT, NZEC, OTHER, INTERNAL_ERROR, EXEC_FORMAT = range(7, 15)
STATUSES = {
    1: "In Queue",
    2: "Processing",
    3: "Accepted",
    4: "Wrong Answer",
    5: "Time Limit Exceeded",
    6: "Compilation Error",
    7: "Runtime Error (SIGSEGV)",
    8: "Runtime Error (SIGXFSZ)",
    9: "Runtime Error (SIGFPE)",
    10: "Runtime Error (SIGABRT)",
    11: "Runtime Error (NZEC)",
    12: "Runtime Error (Other)",
    13: "Internal Error",
    14: "Exec Format Error",
}
MEMORY_LIMIT = 15  # of our own: Judge0 has none
ALL_STATUSES = {**STATUSES, MEMORY_LIMIT: "Memory Limit Exceeded"}
BY_SIGNAL = {11: SIGSEGV, 25: SIGXFSZ, 8: SIGFPE, 6: SIGABRT}

CONFIG: dict[str, Any] = {
    "maintenance_mode": False,
    "enable_wait_result": True,
    "enable_compiler_options": True,
    "allowed_languages_for_compile_options": [],
    "enable_command_line_arguments": True,
    "enable_submission_delete": False,
    "enable_callbacks": True,
    "callbacks_max_tries": 8,
    "callbacks_timeout": 5,
    "enable_additional_files": True,
    "max_queue_size": 2_000,
    "cpu_time_limit": 5,
    "cpu_extra_time": 1,
    "wall_time_limit": 10,
    "max_cpu_time_limit": 15,
    "max_cpu_extra_time": 5,
    "max_wall_time_limit": 20,
    "memory_limit": 128_000,
    "max_memory_limit": 512_000,
    "stack_limit": 64_000,
    "max_stack_limit": 128_000,
    "max_processes_and_or_threads": 60,
    "max_max_processes_and_or_threads": 120,
    "enable_per_process_and_thread_time_limit": False,
    "enable_per_process_and_thread_memory_limit": False,
    "allow_enable_per_process_and_thread_time_limit": False,
    "allow_enable_per_process_and_thread_memory_limit": False,
    "max_file_size": 1_024,
    "max_max_file_size": 4_096,
    "number_of_runs": 1,
    "max_number_of_runs": 20,
    "redirect_stderr_to_stdout": False,
    "max_extract_size": 10_240,
    "enable_batched_submissions": True,
    "max_submission_batch_size": 20,
    "submission_cache_duration": 0,
    "use_docs_as_homepage": False,
    "allow_enable_network": False,
    "enable_network": False,
    "disable_implicit_base64_encoding": True,
}
