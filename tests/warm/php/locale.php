<?php
setlocale(LC_ALL, "C.UTF-8"); echo strtoupper("éa"), ucfirst("é"), sprintf("%.2f", 1.5), strftime_() ?? ""; function strftime_() { return date("D, d M Y", 0); } var_dump(localeconv()["decimal_point"], nl_langinfo(CODESET), setlocale(LC_ALL, "de_DE.UTF-8"));
