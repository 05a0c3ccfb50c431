using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Worker;

/// <summary>
/// What a worker in a VM does before it is kept in a snapshot. It will run the patched machine, for which emulated processors
/// compile for a quarter of a minute: the core, and what it takes to be asked for a run and to answer. So it asks itself for
/// one, as a notebook would.
/// </summary>
internal static class Rehearsal
{
    /// <summary>Compiles; returns where somebody goes on from the snapshot, in the directory of the notebook.</summary>
    public static async Task PrepareAsync()
    {
        var core = Warmth.Begin();
        await RunAsync();
        await core;
        // kernel-patch/vm/run says what descriptor 3 is for. (No reader's buffer: the directory is all that comes.)
        using var launcher = new FileStream(new SafeFileHandle(3, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0);
        launcher.Write("prepared\n"u8);
        using var answer = new StreamReader(launcher);
        if (await answer.ReadLineAsync() is { } directory && Directory.Exists(directory)) Directory.SetCurrentDirectory(directory);
    }

    // Makes a run, on the simulated machine, from its request to its result.
    private static async Task RunAsync()
    {
        var (calls, answers) = (new Pipe(), new Pipe());
        var serving = new RunService(calls.Reader.AsStream(), answers.Writer.AsStream()).ServeAsync();
        using (var notebook = WorkerContract.Open(calls.Writer.AsStream(), answers.Reader.AsStream()))
        {
            notebook.AddLocalRpcMethod(WorkerContract.Progress, (RunProgress _) => { });
            notebook.StartListening();
            await notebook.InvokeAsync<WorkerGreeting>(WorkerContract.Hello);
            (await notebook.InvokeAsync<Outcome<ExperimentResult>>(WorkerContract.Run, MakeRequest())).Unwrap();
        }
        await serving;
    }

    private static RunRequest MakeRequest()
    {
        var components = new ComponentCatalog();
        var experiment = new Experiment
        {
            Policy = components.Describe(new RoundRobin()),
            Workload = components.Describe(new ComputeAndIo()),
            Machine = new SimulatedMachine(),
            Duration = TimeSpan.FromMilliseconds(10),
        };
        return new RunRequest(experiment, components.DependenciesOf(experiment));
    }
}
