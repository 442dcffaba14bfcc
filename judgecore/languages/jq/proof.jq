[inputs] | .[1:.[0] + 1] | "\(add) \(map(. * .) | add)"
