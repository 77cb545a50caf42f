"""Units, from prepared dataset to record."""

import itertools
from functools import partial

import keras

from ferkeras.runs.first_weights import fill_with
from ferkeras.runs.job import Job
from ferkeras.runs.run_folder import scored
from ferkeras.training.build import build
from ferkeras.training.fit_callbacks import values_of
from ferkeras.training.train import OutOfTime, Run, train


def reproduce(unit, results, datasets, command, deadline=None, callbacks=()):
    """`reproduce_together` of a single unit; returns its record."""
    (entry,) = reproduce_together(
        [unit], results, datasets, command, deadline, callbacks
    )
    return entry


def reproduce_together(
    units, results, datasets, command, deadline=None, callbacks=()
):
    """Train, score, export and record units; go on where a run stopped.

    Units of one seed are trained once, and each protocol chooses its epoch.
    Those of several seeds are trained side by side in one program. A row
    without phases is scored as it starts.

    Args:
        units: list of `Unit` of one row, of which `can_share` holds.
        results: `pathlib.Path` of the results folder. Records go there; logs,
            snapshots and exported models into its folder `work`.
        datasets: `ferkeras.data.Datasets`.
        command: the command line, for the record.
        deadline: `time.monotonic()` value after which not to train on.
        callbacks: further Keras callbacks.

    Returns:
        The records, a list of dicts of JSON values.

    Raises:
        OutOfTime: at the deadline, with the runs recorded as incomplete.
        FileNotFoundError: where the dataset is not prepared.
        ValueError: where the work folder holds a run of something else, or the
            results folder a record of it.
    """
    jobs = [Job(unit, results, datasets) for unit in units]
    row = jobs[0].unit.row
    keras.utils.clear_session()
    keras.config.set_dtype_policy(row.recipe.precision)
    networks, jobs_of = start_runs(jobs, command, units)
    runs, faces_at = [run for run, _ in jobs_of], partial(phase_faces, jobs)
    try:
        train(networks, row, faces_at, runs, deadline, callbacks)
    except (OutOfTime, KeyboardInterrupt):
        for job in jobs:
            job.stop()
        raise
    finally:
        for job in jobs:
            job.log.close()
    return [
        job.finish(networks, scored(run.state))
        for run, its_jobs in jobs_of
        for job in its_jobs
    ]


def start_runs(jobs, command, units):
    """Start a run for each seed, and note in its jobs what is known before.

    Args:
        jobs: list of `Job`, those of one seed beside one another.
        command: the command line, for the records.
        units: list of every `Unit` that is trained together.

    Returns:
        `Networks` of the first seed, in which every run is trained; and a list
        of pairs, a `Run` and the list of its jobs.
    """
    networks, jobs_of = None, []
    by_seed = itertools.groupby(jobs, key=lambda job: job.unit.seed)
    for seed, its_jobs in by_seed:
        its_jobs = list(its_jobs)
        own, started_from = initial_networks(its_jobs[0])
        networks = networks or own
        folders = tuple(job.folder for job in its_jobs)
        state = {"model": values_of(own.training.variables)}
        jobs_of.append((Run(seed, folders, state), its_jobs))
        for job in its_jobs:
            job.begin(networks, started_from, command, units)
    return networks, jobs_of


def phase_faces(jobs, size):
    """Images of a phase, those to train on and those that choose an epoch.

    Args:
        jobs: list of `Job`, which train on the same images.
        size: side of the images in pixels.

    Returns:
        `Faces`, and a dict of `Faces` by their fingerprints.
    """
    selections = {
        job.folder.chosen_on: job.faces(job.unit.protocol.select, size)
        for job in jobs
    }
    return jobs[0].faces(jobs[0].unit.protocol.train, size), selections


def initial_networks(job):
    """A unit's networks as its training starts from them.

    Returns:
        `Networks`; and what the record says of the weights they start from, a
        list of dicts, empty where all are random.
    """
    unit = job.unit
    colours = job.faces(unit.protocol.splits[0]).images.shape[-1]
    keras.utils.set_random_seed(unit.seed)
    networks = build(unit.row, len(job.card["class_names"]), colours)
    return networks, [
        fill_with(each, networks.classifier, unit, job.results, job.datasets)
        for each in unit.row.start_from
    ]
