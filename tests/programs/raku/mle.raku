my @hoard; loop { @hoard.push: buf8.allocate(1 +< 20, 1) }
