"""All benchmarks, one after another: `make bench`. Read the ratios; absolute times are this machine's."""

import sys

from tests.benchmarks import http_bench, plan_bench, search_bench, silence_bench

sys.argv = sys.argv[:1]
print("== search engine beside its peers", flush=True)
search_bench.main()
print("== portal over HTTP", flush=True)
http_bench.main()
print("== private spaces", flush=True)
silence_bench.main()
print("== the plan of a year", flush=True)
plan_bench.main()
