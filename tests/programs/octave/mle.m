hoard = {};
while true
  hoard{end + 1} = ones(1, 131072) * numel(hoard);
end
