before <?= 1 + 1 ?> and
<?php foreach ([1, 2] as $x): ?>
  row <?= $x ?>

<?php endforeach ?>
after
