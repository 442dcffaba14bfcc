die 'no';
