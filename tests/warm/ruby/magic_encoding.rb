# -*- coding: iso-8859-1 -*-
puts __ENCODING__, "a".encoding
puts eval("__ENCODING__")
