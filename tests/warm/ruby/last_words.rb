class Loud < StandardError
  def message = "loud\nlines"
  def full_message(**) = super
end
raise Loud
