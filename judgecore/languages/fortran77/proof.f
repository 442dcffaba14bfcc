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
      WRITE (*,'(I0,1X,I0)') S, Q
      END
