defmodule Main do
  def hoard(l), do: hoard([Enum.to_list(1..10000) | l])
end

Main.hoard([])
