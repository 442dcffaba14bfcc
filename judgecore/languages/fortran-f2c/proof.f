      PROGRAM MAIN
      INTEGER N, I, X(1000), S, Q
      S = 0
      Q = 0
      READ (*,*) N
      READ (*,*) (X(I), I = 1, N)
      DO 10 I = 1, N
        S = S + X(I)
        Q = Q + X(I) ** 2
   10 CONTINUE
      WRITE (*,'(I2,1X,I2)') S, Q
      END
