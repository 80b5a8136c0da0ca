import hashlib

from recipe.program.seeds import derive


def test_a_seed_is_the_first_32_bits_of_a_sha256():
    digest = hashlib.sha256(b"7\0weights\0dense/kernel").hexdigest()
    assert derive(7, "weights", "dense/kernel") == int(digest[:8], 16)


def test_a_seed_depends_on_root_role_and_name():
    seeds = {
        derive(root, role, name) for root in (0, 1) for role in ("layer", "order") for name in ("a", "b")
    }
    assert len(seeds) == 8


def test_role_and_name_never_run_into_each_other():
    assert derive(1, "layer", "s") != derive(1, "layers", "")
    assert derive(1, "1", "x") != derive(11, "", "x")


def test_a_seed_fits_into_what_keras_takes():
    seeds = [derive(root, "order", str(root)) for root in range(1000)]
    assert all(0 <= seed < 2**32 for seed in seeds)
    assert len(set(seeds)) == 1000
