from viva_console.api.rates import MAX_KEYS, Buckets, Rate


class Hand:
    def __init__(self):
        self.at = 100.0

    def __call__(self):
        return self.at


def test_burst_is_let_through_and_then_the_rate():
    hand = Hand()
    buckets, rate = Buckets(hand), Rate(burst=3, per_s=0.5)
    assert [buckets.take("k", rate) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert buckets.take("k", rate) == 2.0
    hand.at += 2.0
    assert buckets.take("k", rate) == 0.0
    assert buckets.take("k", rate) > 0.0


def test_keys_do_not_share_a_bucket():
    buckets, rate = Buckets(Hand()), Rate(burst=1, per_s=1.0)
    assert buckets.take("one", rate) == 0.0
    assert buckets.take("other", rate) == 0.0
    assert buckets.take("one", rate) > 0.0


def test_flood_of_keys_costs_bounded_memory():
    buckets, rate = Buckets(Hand()), Rate(burst=1, per_s=1.0)
    for number in range(MAX_KEYS + 500):
        buckets.take(str(number), rate)
    assert len(buckets._levels) == MAX_KEYS
