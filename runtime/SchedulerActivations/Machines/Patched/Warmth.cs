using System.Reflection;
using System.Runtime.CompilerServices;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;
using SchedulerActivations.Upcalls;

namespace SchedulerActivations.Machines.Patched;

/// <summary>
/// Compiles what upcalls and threads execute before the clock runs: an upcall that waits for the compiler keeps its virtual
/// processor for milliseconds, and the compiler's locks may be held by a thread that was interrupted.
/// </summary>
internal static class Warmth
{
    private static readonly string[] Namespaces =
    [
        typeof(Scheduler).Namespace!, typeof(UpcallManager).Namespace!, typeof(SchedulingPolicy).Namespace!, typeof(PatchedKernel).Namespace!, typeof(Linux.LinuxKernel).Namespace!,
    ];

    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Lazy<Task> s_core = new(() => Task.Factory.StartNew(PrepareCore, TaskCreationOptions.LongRunning));

    /// <summary>Begins with what every run needs, on a thread of its own; ends when that is compiled.</summary>
    public static Task Begin() => s_core.Value;

    /// <summary>Compiles the core, this machine, the policy, and the bodies of the threads.</summary>
    public static void Prepare(Type policy, IEnumerable<Delegate> bodies)
    {
        var core = Begin();
        Compile(policy);
        foreach (var type in bodies.Select(body => Outermost(body.Method.DeclaringType!)).Distinct())
        {
            foreach (var part in WithNested(type))
            {
                Compile(part);
                if (part.IsAssignableTo(typeof(IAsyncStateMachine)) && !part.ContainsGenericParameters) CompileMachine(part);
            }
        }
        core.GetAwaiter().GetResult();
        new ReactivityHistogram().Record(1);
        new Linux.TimerDescriptor().WaitUntil(1);
    }

    private static void PrepareCore()
    {
        // For threads of all classes together.
        foreach (var spawn in typeof(ThreadContext).GetMethods().Where(method => method.Name == nameof(ThreadContext.Spawn) && method.IsGenericMethod))
            RuntimeHelpers.PrepareMethod(spawn.MethodHandle, [typeof(UserThread).TypeHandle]);
        foreach (var type in typeof(Scheduler).Assembly.GetTypes().Where(type => Namespaces.Contains(type.Namespace))) Compile(type);
        Scheduler.PrepareCallbacks();
        Compile(typeof(ReactivityHistogram));
    }

    // What the compiler's state machine of an async method needs to start, to be suspended at its awaits, and to go on. It has
    // a field for the method's builder, and one for each kind of awaiter.
    private static void CompileMachine(Type machine)
    {
        var fields = machine.GetFields(Declared).Select(field => field.FieldType).ToList();
        if (fields.FirstOrDefault(IsBuilder) is not { } builder) return;
        var results = builder.GenericTypeArguments;
        Compile(results.Length == 0 ? typeof(MethodFrame<>).MakeGenericType(machine) : typeof(MethodFrame<,>).MakeGenericType([machine, .. results]));
        foreach (var method in builder.GetMethods(Declared).Where(method => method.IsGenericMethod))
        {
            if (method.GetGenericArguments().Length == 1) Prepare([.. results, machine]);
            else foreach (var awaiter in fields.Where(field => field.IsAssignableTo(typeof(ICriticalNotifyCompletion)))) Prepare([.. results, awaiter, machine]);

            void Prepare(Type[] arguments) => RuntimeHelpers.PrepareMethod(method.MethodHandle, [.. arguments.Select(argument => argument.TypeHandle)]);
        }
    }

    private static bool IsBuilder(Type type) =>
        type == typeof(UserTaskMethodBuilder) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(UserTaskMethodBuilder<>));

    /// <summary>Compiles a type's methods, but for generic ones.</summary>
    public static void Compile(Type type)
    {
        if (type.ContainsGenericParameters) return;
        var arguments = type.GenericTypeArguments.Select(argument => argument.TypeHandle).ToArray();
        foreach (var method in type.GetMembers(Declared).OfType<MethodBase>())
            if (!method.IsAbstract && !method.ContainsGenericParameters) RuntimeHelpers.PrepareMethod(method.MethodHandle, arguments);
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> WithNested(Type type) =>
        type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(WithNested).Prepend(type);
}
