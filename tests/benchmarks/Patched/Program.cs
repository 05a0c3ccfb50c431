using SchedulerActivations.Benchmarks;

// Each command prints what it measured, and fails where that is not what must be shown.
switch (args)
{
    case ["blocked", var machine, var threads] when int.TryParse(threads, out var count): return Blocked.Run(machine, count);
    case ["pauses", var machine, var seconds] when int.TryParse(seconds, out var length): return Pauses.Run(machine, length);
    case ["predict", var seconds] when int.TryParse(seconds, out var length): return Prediction.Run(length);
    case ["run", var experiment]: return Prediction.Print(experiment);
    case ["soak", var seconds] when int.TryParse(seconds, out var length): return Soak.Run(length);
}
Console.Error.WriteLine("usage: patched-benchmarks blocked patched|dotnet-threads THREADS | pauses patched|stock SECONDS | predict SECONDS | soak SECONDS");
return 2;
