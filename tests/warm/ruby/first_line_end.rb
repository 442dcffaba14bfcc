=begin
from the first line on
=end
puts __LINE__
