"""Known exporters, as data: by which metrics each is known, and what its metrics tell.

Every name was looked up where it is made, in the version that each entry cites. A figure may have
several names, for they change from version to version: the first that is there is taken. Names of
histograms stand without their `_bucket`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Aggregate = Literal["sum", "max", "mean", "rate", "ratio", "p50", "p95", "p99"]
Better = Literal["higher_is_better", "lower_is_better", "neither"]

SERVER_ERRORS = "5.."  # of status codes: 500, and 5xx where they are grouped


class Figure(NamedTuple):
    """A panel: an aggregate of a series, under the name it has here.

    "ratio" is the rate of `series` over that of all in `per` together; "p99" the quantile of a
    histogram.
    """

    name: str
    series: tuple[str, ...]
    aggregate: Aggregate = "sum"
    unit: str = ""
    direction: Better = "neither"
    per: tuple[str, ...] = ()
    by_version: bool = False


class Histogram(NamedTuple):
    """A histogram of every request's time."""

    name: str
    unit: Literal["s", "ms"] = "s"


class Exporter(NamedTuple):
    """One exporter."""

    name: str
    latency: tuple[Histogram, ...] = ()
    requests: tuple[str, ...] = ()  # counters; empty: the count of `latency`
    errors: tuple[str, ...] = ()  # counters of failed requests
    kind: str = ""  # of errors: the label that says which kind
    version: tuple[str, ...] = ()  # labels that say which version, beside the usual ones
    figures: tuple[Figure, ...] = ()
    about: str = ""  # what to know of it

    @property
    def marks(self) -> tuple[str, ...]:
        """The metrics it is known by: those that count requests, or time them."""
        histograms = tuple(f"{histogram.name}_bucket" for histogram in self.latency)
        ratios = tuple(s for figure in self.figures if figure.per for s in figure.series)
        return (*histograms, *map(bare, self.requests), *ratios)


def bare(series: str) -> str:
    """The name of a series, without what selects it."""
    return series.partition("{")[0]


_QUEUE = "queue_length"
_BUSY = "saturation"

EXPORTERS = (
    # vLLM 0.6 to 0.11, vllm/v1/metrics/loggers.py: counters end in _total where they are scraped,
    # the cache gauge lost its gpu_ in 0.10, and time_per_output_token became inter_token_latency.
    Exporter(
        name="vLLM",
        latency=(Histogram("vllm:e2e_request_latency_seconds"),),
        errors=('vllm:request_success_total{finished_reason="error"}',),
        kind="finished_reason",
        figures=(
            Figure(_QUEUE, ("vllm:num_requests_waiting",), "sum", "requests", "lower_is_better"),
            Figure("in_flight", ("vllm:num_requests_running",), "sum", "requests"),
            Figure(
                _BUSY,
                ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"),  # 1 is all of it
                "max",
                "share",
                "lower_is_better",
            ),
            Figure(
                "time_to_first_token_p99",
                ("vllm:time_to_first_token_seconds",),
                "p99",
                "s",
                "lower_is_better",
            ),
            Figure(
                "time_per_token_p99",
                (
                    "vllm:inter_token_latency_seconds",
                    "vllm:time_per_output_token_seconds",
                    "vllm:request_time_per_output_token_seconds",
                ),
                "p99",
                "s",
                "lower_is_better",
            ),
            Figure("tokens_per_second", ("vllm:generation_tokens_total",), "rate", "tokens/s"),
            Figure("prompt_tokens_per_second", ("vllm:prompt_tokens_total",), "rate", "tokens/s"),
            Figure(
                "preemptions",
                ("vllm:num_preemptions_total", "vllm:num_preemptions"),
                "rate",
                "1/s",
                "lower_is_better",
            ),
        ),
    ),
    # Triton 23.04 to 24.07, docs/user_guide/metrics.md: no histogram; successful and failed
    # requests are two counters, so that neither alone counts requests.
    Exporter(
        name="Triton",
        about="requests and errors are gauges, for no one counter of Triton counts all requests",
        figures=(
            Figure(
                "requests",
                ("nv_inference_request_success",),
                "rate",
                "1/s",
                by_version=True,
            ),
            Figure(
                "error_rate",
                ("nv_inference_request_failure",),
                "ratio",
                "share",
                "lower_is_better",
                per=("nv_inference_request_success", "nv_inference_request_failure"),
                by_version=True,
            ),
            Figure(
                "latency_p99",
                ('nv_inference_request_summary_us{quantile="0.99"}',),
                "max",
                "us",
                "lower_is_better",
                by_version=True,
            ),
            Figure(
                "latency_mean",
                ("nv_inference_request_duration_us",),
                "ratio",
                "us",
                "lower_is_better",
                per=("nv_inference_request_success",),
                by_version=True,
            ),
            Figure(
                "queue_time_mean",
                ("nv_inference_queue_duration_us",),
                "ratio",
                "us",
                "lower_is_better",
                per=("nv_inference_request_success",),
            ),
            Figure(
                _QUEUE,
                ("nv_inference_pending_request_count",),
                "sum",
                "requests",
                "lower_is_better",
            ),
            Figure(_BUSY, ("nv_gpu_utilization",), "max", "share", "lower_is_better"),  # 0 to 1
        ),
    ),
    # Knative Serving 1.10, its page of service metrics: what KServe runs in by default. The
    # revision is what a rollout moves traffic between.
    Exporter(
        name="KServe on Knative",
        latency=(Histogram("revision_app_request_latencies", "ms"),),
        requests=("revision_app_request_count",),
        errors=('revision_app_request_count{response_code_class="5xx"}',),
        kind="response_code",
        version=("revision_name",),
        figures=(Figure(_QUEUE, ("revision_queue_depth",), "sum", "requests", "lower_is_better"),),
    ),
    # KServe 0.10 to 0.15, python/kserve/kserve/metrics.py: the Python server's own histograms.
    Exporter(
        name="KServe",
        latency=(Histogram("request_predict_seconds"),),
        about="KServe's own server counts no errors",
    ),
    # Seldon Core 1.x, its page of metrics, and the code of its executor for `code`.
    Exporter(
        name="Seldon Core 1",
        latency=(Histogram('seldon_api_executor_server_requests_seconds{service="predictions"}'),),
        errors=(
            "seldon_api_executor_server_requests_seconds_count"
            f'{{service="predictions",code=~"{SERVER_ERRORS}"}}',
        ),
        kind="code",
        version=("predictor_version", "model_version", "predictor_name"),
    ),
    # Seldon Core 2.x, its page of operational metrics (scheduler/pkg/metrics/agent.go).
    Exporter(
        name="Seldon Core 2",
        latency=(Histogram("seldon_model_infer_api_seconds"),),
        errors=(f'seldon_model_infer_api_seconds_count{{code=~"{SERVER_ERRORS}"}}',),
        kind="code",
        version=("model_internal",),
    ),
    # MLServer 1.7, mlserver/rest/app.py (starlette_exporter with the prefix rest_server).
    Exporter(
        name="MLServer",
        latency=(Histogram("rest_server_request_duration_seconds"),),
        requests=("rest_server_requests_total",),
        errors=(f'rest_server_requests_total{{status_code=~"{SERVER_ERRORS}"}}',),
        kind="status_code",
    ),
    # BentoML 1.2 to 1.4, src/bentoml/_internal/server/http/instruments.py; 1.0 and 1.1 wrote
    # bentoml_api_server.
    Exporter(
        name="BentoML",
        latency=(
            Histogram("bentoml_service_request_duration_seconds"),
            Histogram("bentoml_api_server_request_duration_seconds"),
        ),
        requests=("bentoml_service_request_total", "bentoml_api_server_request_total"),
        errors=(
            f'bentoml_service_request_total{{http_response_code=~"{SERVER_ERRORS}"}}',
            f'bentoml_api_server_request_total{{http_response_code=~"{SERVER_ERRORS}"}}',
        ),
        kind="http_response_code",
        version=("service_version",),
        figures=(
            Figure(
                "in_flight",
                (
                    "bentoml_service_request_in_progress",
                    "bentoml_api_server_request_in_progress",
                ),
                "sum",
                "requests",
            ),
        ),
    ),
    # Ray Serve 2.9 to 2.5x, doc/source/serve/monitoring.md: those of its proxies, else those of
    # its replicas. Counters had no _total before 2.10.
    Exporter(
        name="Ray Serve",
        latency=(
            Histogram("ray_serve_http_request_latency_ms", "ms"),
            Histogram("ray_serve_deployment_processing_latency_ms", "ms"),
        ),
        requests=(
            "ray_serve_num_http_requests_total",
            "ray_serve_num_http_requests",
            "ray_serve_deployment_request_counter_total",
        ),
        errors=(
            "ray_serve_num_http_error_requests_total",
            "ray_serve_num_http_error_requests",
            "ray_serve_deployment_error_counter_total",
        ),
        kind="error_code",
        figures=(
            Figure(
                _QUEUE,
                ("ray_serve_deployment_queued_queries",),
                "sum",
                "requests",
                "lower_is_better",
            ),
            Figure("in_flight", ("ray_serve_num_ongoing_http_requests",), "sum", "requests"),
            Figure(
                "healthy_replicas",
                ("ray_serve_deployment_replica_healthy",),
                "sum",
                "replicas",
                "higher_is_better",
            ),
        ),
    ),
    # TorchServe 0.12, docs/metrics.md: no histogram, and its errors name no model.
    Exporter(
        name="TorchServe",
        requests=("ts_inference_requests_total",),
        errors=("Requests5XX_total", "Requests5XX"),
        version=("model_version",),
        figures=(
            Figure(
                "latency_mean",
                ("ts_inference_latency_microseconds",),
                "ratio",
                "us",
                "lower_is_better",
                per=("ts_inference_requests_total",),
                by_version=True,
            ),
            Figure(
                "queue_time_mean",
                ("ts_queue_latency_microseconds",),
                "ratio",
                "us",
                "lower_is_better",
                per=("ts_inference_requests_total",),
            ),
        ),
    ),
)
