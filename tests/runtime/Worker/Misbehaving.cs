using System.Runtime.InteropServices;
using System.Text;
using SchedulerActivations.Experiments;

namespace SchedulerActivations.Tests.Worker;

/// <summary>A workload that does to its process what no workload should.</summary>
public sealed partial class Misbehaving : Workload
{
    public string What { get; set; } = "";

    protected internal override void Define(WorkloadDefinition w)
    {
        Console.WriteLine($"doing {What}");
        switch (What)
        {
            case "exit": Environment.Exit(3); break;
            case "fail fast": Environment.FailFast("no more"); break;
            case "recurse": Recurse(1); break;
            case "uncaught": new Thread(() => throw new InvalidOperationException("on a thread of my own")).Start(); Thread.Sleep(Timeout.Infinite); break;
            case "loop": while (true) { }
            case "throw": throw new InvalidOperationException("no luck");
            case "write to the message stream": Write(1, Encoding.UTF8.GetBytes("garbage"), 7); break;
            case "read the message stream": Console.WriteLine($"read {Console.In.Read()}"); break;
            case "flood": Console.Write(new string('x', 3 << 20)); break;
            case "halves":
                Console.Write('\ud83d');
                Thread.Sleep(500);
                Console.Write('\ude00');
                break;
            case "error stream": Console.Error.WriteLine("to the error stream"); break;
        }
        w.Thread("one", async t => await t.Compute(TimeSpan.FromMilliseconds(1)));
    }

    private static int Recurse(int depth) => Recurse(depth + 1) + depth;

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, byte[] bytes, nuint count);
}
