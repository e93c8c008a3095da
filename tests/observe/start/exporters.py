"""Pages of exporters as they are scraped, with counters that have grown by the time they are read.

Names, labels and bounds are those of vLLM 0.9, of the Prometheus instrumentator of FastAPI, and
of dcgm-exporter 3.
"""

from __future__ import annotations

from collections.abc import Mapping

BOUNDS = ("0.1", "0.5", "1.0", "5.0", "+Inf")


def histogram(name: str, labels: str, n: int) -> str:
    """n requests: half below the first bound, all below the fourth."""
    counts = (n // 2, n * 3 // 4, n * 7 // 8, n, n)
    rows = [
        f'{name}_bucket{{{labels},le="{le}"}} {count}'
        for le, count in zip(BOUNDS, counts, strict=True)
    ]
    return "\n".join([*rows, f"{name}_sum{{{labels}}} {n * 0.4}", f"{name}_count{{{labels}}} {n}"])


def typed(name: str, kind: str, body: str) -> str:
    return f"# HELP {name} As its exporter says.\n# TYPE {name} {kind}\n{body}\n"


def vllm(n: int, model: str = "llama-3-8b") -> str:
    """A vLLM server that has answered n requests."""
    own = f'engine="0",model_name="{model}"'
    success = "\n".join(
        f'vllm:request_success_total{{{own},finished_reason="{reason}"}} {count}'
        for reason, count in (("stop", n * 9 // 10), ("length", n // 10), ("error", n // 50))
    )
    histograms = (
        "vllm:e2e_request_latency_seconds",
        "vllm:time_to_first_token_seconds",
        "vllm:time_per_output_token_seconds",
    )
    gauges = {
        "vllm:num_requests_running": 7,
        "vllm:num_requests_waiting": 3,
        "vllm:gpu_cache_usage_perc": 0.42,
    }
    return "".join(
        [
            typed("vllm:request_success_total", "counter", success),
            *(typed(name, "histogram", histogram(name, own, n)) for name in histograms),
            *(typed(name, "gauge", f"{name}{{{own}}} {x}") for name, x in gauges.items()),
            *(
                typed(name, "counter", f"{name}{{{own}}} {n * 100}")
                for name in ("vllm:generation_tokens_total", "vllm:prompt_tokens_total")
            ),
            typed("process_resident_memory_bytes", "gauge", "process_resident_memory_bytes 3.1e9"),
            typed("process_cpu_seconds_total", "counter", f"process_cpu_seconds_total {n / 10}"),
            # It answers its own health checks over HTTP too.
            typed(
                "http_request_duration_seconds",
                "histogram",
                histogram("http_request_duration_seconds", 'handler="/health",method="GET"', n),
            ),
        ]
    )


def fastapi(n: int, versions: Mapping[str, int]) -> str:
    """A web service that has answered n requests, some with errors, and its health checks."""
    name = "http_request_duration_seconds"
    rows = [histogram(name, 'handler="/metrics",method="GET"', n)]
    rows += [
        histogram(name, f'handler="/predict",method="POST",model_version="{v}"', n * share // 100)
        for v, share in versions.items()
    ]
    counted = "\n".join(
        f'http_requests_total{{handler="{handler}",method="POST",model_version="{v}",'
        f'status="{status}"}} {count}'
        for v in versions
        for handler, status, count in (
            ("/predict", "2xx", n),
            ("/predict", "5xx", n // 20),
            ("/metrics", "2xx", n),
        )
    )
    info = "\n".join(f'fraud_build_info{{version="{v}",commit="abc"}} 1' for v in versions)
    return "".join(
        [
            typed(name, "histogram", "\n".join(rows)),
            typed("http_requests_total", "counter", counted),
            typed("fraud_build_info", "gauge", info),
        ]
    )


def dcgm() -> str:
    own = 'gpu="0",UUID="GPU-1",modelName="NVIDIA A10"'
    return typed("DCGM_FI_DEV_GPU_UTIL", "gauge", f"DCGM_FI_DEV_GPU_UTIL{{{own}}} 87") + typed(
        "DCGM_FI_DEV_FB_USED", "gauge", f"DCGM_FI_DEV_FB_USED{{{own}}} 20480"
    )
