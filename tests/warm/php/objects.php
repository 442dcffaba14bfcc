<?php
enum Suit: string { case A = "a"; case B = "b"; const X = self::A; static function f() { return self::cases(); } }
final readonly class P { function __construct(public int $x, protected ?P $next = null) {} }
var_dump(Suit::f(), Suit::from("b"), Suit::tryFrom("z"), new P(1, new P(2)), match (true) { default => 5 }); $w = new WeakMap; $o = new stdClass; $w[$o] = 1; echo count($w); unset($o); echo count($w); $s = new SplObjectStorage; $s[new stdClass] = 2; var_dump(unserialize(serialize($s))); $q = new SplPriorityQueue; $q->insert("a", 1); $q->insert("b", 2); echo $q->extract(); (new P(1))->x = 2;
