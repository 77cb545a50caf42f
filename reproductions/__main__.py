"""`ferkeras`, or `python -m reproductions`: a command for every paper.

What takes seconds to import is imported where it is needed, so that the list
and every help come at once.
"""

import os
import shlex
import sys
import time
import warnings
from pathlib import Path

import reproductions
from reproductions.commands import arguments

README = Path(__file__).parent.parent / "README.md"


def list_rows(asked):
    """Print every row, what is recorded of it and how to run what is not."""
    from reproductions.commands import row_list

    row_list.print_rows(asked)


def prepare_dataset(asked):
    """Prepare one dataset."""
    from ferkeras.data.repeats import repeated
    from ferkeras.dataset_names import npz_path
    from reproductions.commands.prepare import prepare

    with warnings.catch_warnings():
        # What readers tell is for people: without where in the code it is.
        warnings.showwarning = lambda text, *_: print(text, file=sys.stderr)
        source = prepare(
            asked.dataset, asked.data_dir, asked.manual_dir, asked.npz
        )
    first = source.faces(source.splits[0])
    for split in source.splits:
        faces = first if split == source.splits[0] else source.faces(split)
        again = faces is not first and repeated(faces, first).sum()
        shared = f", {again} of them in {source.splits[0]} too" if again else ""
        print(
            f"{source.name} {source.version} {split}: {len(faces.labels)} "
            f"images{shared}, fingerprint {faces.fingerprint}"
        )
        if source.crops:
            counts = (f"{k} in {n}" for k, n in source.crops[split].items())
            told = ", ".join(counts)
            print(f"{split}: {told} (of the last two, the whole frame)")
    if npz_path(source.name, asked.data_dir).exists():
        print(npz_path(source.name, asked.data_dir))


def write_reports(asked):
    """Write every paper's report, the page of all of them and the list."""
    from ferkeras.reports.cards import write_cards
    from ferkeras.reports.page import write_page
    from ferkeras.reports.report import write_report
    from ferkeras.runs.cost_file import write_costs
    from ferkeras.runs.record import PUBLISHED, refuse_to_mix
    from reproductions.commands import row_list

    papers = reproductions.papers()
    for paper in papers:
        refuse_to_mix(asked.results, paper, PUBLISHED)
    ours = asked.results.resolve() == README.parent / "results"
    if ours:
        print(write_costs(papers, asked.results))
    for paper in papers:
        print(write_report(paper, asked.results))
    for card in write_cards(papers, asked.results):
        print(card)
    print(write_page(papers, asked.results))
    row_list.renew(asked.results)


def write_bench(asked):
    """Measure how fast networks train here, and write it."""
    from ferkeras.reports.bench import bench
    from ferkeras.training import devices
    from reproductions.commands.bench import NETWORKS

    devices.configure(asked.results / "work" / "compiled")
    path = bench(NETWORKS, asked.results, limit=asked.time_budget)
    print(f"{path}\n{path.with_suffix('.csv')}\n{path.with_suffix('.png')}")


def predict_pictures(asked):
    """Predict the expressions in photographs and videos."""
    from reproductions.commands.predict import predict

    predict(asked)


def list_models(asked):
    """List the trained models."""
    from reproductions.commands import model_list

    model_list.print_models(asked)


def export_model(asked):
    """Write a trained model for other programs."""
    from reproductions.commands import trained_models

    trained_models.export_model(asked)


def evaluate_model(asked):
    """Score a trained model on a prepared dataset."""
    from reproductions.commands import trained_models

    trained_models.evaluate_model(asked)


def run_rows(asked):
    """Run a paper's rows, or what waits of every paper."""
    if asked.pending:
        others = ("rows", "tables", "protocol", "runs", "dataset", "demo")
        for name in others:
            if getattr(asked, name):
                asked.error(f"--pending takes no --{name}")
    from reproductions.commands import run_papers

    if asked.pending:
        run_papers.run_pending(asked)
    else:
        run_papers.run_paper(reproductions.paper(asked.paper), asked)


DO = {
    "list": list_rows,
    "run": run_rows,
    "prepare": prepare_dataset,
    "report": write_reports,
    "bench": write_bench,
    "predict": predict_pictures,
    "models": list_models,
    "export": export_model,
    "evaluate": evaluate_model,
}


def main(words=None):
    """Run the command.

    Args:
        words: command-line words; those of the process when None.
    """
    words = sys.argv[1:] if words is None else words
    first = words[0] if words else "--"
    if first.startswith("-") and first not in ("-h", "--help"):
        words = ["list", *words]
    asked = arguments.commands().parse_args(words)
    asked.started = time.monotonic()
    asked.command = shlex.join([*arguments.program().split(), *words])
    try:
        if asked.do not in ("list", "models"):
            # Keras takes seconds to import, to find the wrong one then.
            from ferkeras import opencv  # noqa: F401
        DO[asked.do](asked)
    except BrokenPipeError:
        # Who reads, such as `head`, has enough; Python must not flush more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ModuleNotFoundError, OSError, ValueError) as error:
        sys.exit(f"ferkeras: {error}")
    except ImportError as error:
        # OpenCV, of which there is the wrong one.
        if error.name != "cv2":
            raise
        sys.exit(f"ferkeras: {error}")


if __name__ == "__main__":
    main()
