using System.CommandLine;
using SchedulerActivations.Experiments;
using SchedulerActivations.Experiments.Workers;

namespace SchedulerActivations.CommandLine.Vm;

/// <summary><c>lab vm -- COMMAND</c>: a front of kernel-patch/vm/run, which does the booting and knows the limits of each option.</summary>
internal static class VmCommand
{
    public static Command Create()
    {
        Option[] options =
        [
            new Option<string?>("--kernel") { Description = "A kernel image, or vm, debug, unpatched or unpatched-debug as kernel-patch/build builds them. [default: vm]", HelpName = "IMAGE" },
            new Option<string?>("--cpus") { Description = "Processors, 1 to 8. [default: 2]", HelpName = "N" },
            new Option<string?>("--memory") { Description = "In MiB, or with a suffix. [default: 2048]", HelpName = "SIZE" },
            new Option<bool>("--icount") { Description = "Counted time: one processor, every instruction takes a nanosecond, the same program gives the same figures." },
            new Option<string?>("--kvm") { Description = "auto: use KVM if a boot under it has been seen to work here; always: or end with exit code 3; never: emulate. [default: never]", HelpName = "auto|always|never" },
            new Option<string?>("--timeout") { Description = "End the VM then, with exit code 124; 0: never. [default: 600]", HelpName = "SECONDS" },
            new Option<string?>("--as-user") { Description = "Run the command as this user. [default: root]", HelpName = "UID" },
            new Option<string[]>("--share") { Description = "A directory that the command may write to. May be repeated.", HelpName = "DIR" },
            new Option<string[]>("--env") { Description = "An environment variable to pass on. May be repeated.", HelpName = "NAME[=VALUE]" },
            new Option<string?>("--log") { Description = "Keep the kernel's log.", HelpName = "FILE" },
        ];
        var program = new Argument<string[]>("COMMAND") { Description = "What to run, after '--'. It sees this computer's files, read-only.", Arity = ArgumentArity.OneOrMore };
        program.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: ['-', ..] unknown }, ..]) result.AddError($"There is no option '{unknown}'; what to run stands after '--'.");
        });
        var command = new Command("vm", "Boots the patched kernel in QEMU, runs a command under it and ends as that did. 124: the time limit; 125: the kernel crashed; 3: the VM did not start.") { program };
        foreach (var option in options) command.Add(option);
        command.SetAction((parsed, _) => LabCommand.ReportAsync(() =>
        {
            var passed = options.SelectMany(option => Words(parsed, option));
            return Task.FromResult(Replace(Launcher(), [.. passed, "--", .. parsed.GetRequiredValue(program)]));
        }));
        return command;
    }

    private static IEnumerable<string> Words(ParseResult parsed, Option option) => option switch
    {
        Option<bool> flag => parsed.GetValue(flag) ? [flag.Name] : [],
        Option<string[]> many => (parsed.GetValue(many) ?? []).SelectMany(value => new[] { many.Name, value }),
        Option<string?> one when parsed.GetValue(one) is { } value => [one.Name, value],
        _ => [],
    };

    private static string Launcher()
    {
        try { return VmLauncher.Find(); }
        catch (WorkerException exception) { throw new LabException(exception.Message, exception); }
    }

    // The launcher takes this process' place: streams, signals and exit code are its own then.
    private static int Replace(string launcher, IReadOnlyList<string> arguments) =>
        throw new LabException($"'{launcher}' cannot be executed: {ProcessImage.Replace(launcher, arguments)}.");
}
