"""What static/js/proof-of-work-worker.js does."""

from itertools import count

from idp.verification import proof_of_work


def solved(challenge: str) -> str:
    mac = challenge.rpartition(".")[2]
    numbers = [
        next(number for number in count() if proof_of_work._has_zeros(f"{mac}:{puzzle}:{number}"))
        for puzzle in range(proof_of_work.PUZZLES)
    ]
    return ".".join([challenge, *map(str, numbers)])
