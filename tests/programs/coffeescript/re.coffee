throw new Error 'no'
