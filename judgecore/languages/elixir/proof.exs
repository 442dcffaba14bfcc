n = IO.gets("") |> String.trim() |> String.to_integer()
xs = IO.gets("") |> String.split() |> Enum.take(n) |> Enum.map(&String.to_integer/1)
IO.puts("#{Enum.sum(xs)} #{xs |> Enum.map(&(&1 * &1)) |> Enum.sum()}")
