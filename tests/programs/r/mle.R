hoard <- list()
repeat hoard[[length(hoard) + 1]] <- runif(131072)
