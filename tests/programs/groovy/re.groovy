throw new IllegalStateException('no')
