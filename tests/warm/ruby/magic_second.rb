# a comment
# encoding: us-ascii
# warn_indent: true
if true
  puts __ENCODING__
  end
