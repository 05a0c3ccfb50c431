using System.IO.Pipelines;
using System.Text;
using Microsoft.Win32.SafeHandles;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;
using SchedulerActivations.Machines.Patched;
using SchedulerActivations.Machines.Simulated;

namespace SchedulerActivations.Worker;

/// <summary>
/// What a worker in a VM does while it waits for its notebook. It will run the patched machine, for which emulated processors
/// compile for a quarter of a minute: the core, and what it takes to be asked for a run and to answer. So it asks itself for
/// one, as a notebook would.
/// </summary>
internal static class Rehearsal
{
    /// <summary>Compiles; says through descriptor 3, which the guest's loop gives it, that it does so no longer.</summary>
    public static async Task PrepareAsync(string slot, Func<bool> isNotebookThere)
    {
        // Where the notebook waits already, one processor does this and another prepares to listen.
        var core = Warmth.Begin();
        if (isNotebookThere()) return;
        await RunAsync(isNotebookThere);
        await core;
        using var loop = new FileStream(new SafeFileHandle(3, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        loop.Write(Encoding.ASCII.GetBytes($"prepared {slot}\n"));
    }

    // Makes a run, on the simulated machine, from its request to its result; leaves off in the middle when the notebook comes.
    private static async Task RunAsync(Func<bool> isNotebookThere)
    {
        var (calls, answers) = (new Pipe(), new Pipe());
        var serving = new RunService(calls.Reader.AsStream(), answers.Writer.AsStream()).ServeAsync();
        using (var notebook = WorkerContract.Open(calls.Writer.AsStream(), answers.Reader.AsStream()))
        {
            notebook.AddLocalRpcMethod(WorkerContract.Progress, (RunProgress _) => { });
            notebook.StartListening();
            await notebook.InvokeAsync<WorkerGreeting>(WorkerContract.Hello);
            if (!isNotebookThere()) (await notebook.InvokeAsync<Outcome<ExperimentResult>>(WorkerContract.Run, MakeRequest())).Unwrap();
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
