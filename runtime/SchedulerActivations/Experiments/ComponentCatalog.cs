using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SchedulerActivations.CoreThreads;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.Experiments;

/// <summary>
/// Makes components of objects and objects of components. A component is data, so it can be saved and sent; the object
/// that another process makes of it has the same type and the same settings.
/// </summary>
/// <example>
/// <code>
/// var catalog = new ComponentCatalog();
/// var component = catalog.Describe(new RoundRobin { TimeSlice = TimeSpan.FromMilliseconds(1) });
/// var policy = catalog.Create&lt;SchedulingPolicy&gt;(component);
/// </code>
/// </example>
[SuppressMessage("Performance", "CA1822", Justification = "What is registered is known process-wide so that stack frames can be traced to cells; callers need not know that.")]
public sealed partial class ComponentCatalog
{
    /// <summary>Describes an object: its type, where that comes from, and the values of its public settable properties.</summary>
    /// <exception cref="ComponentException">A property cannot be written as JSON and read back, or a public field has been set, which would be lost.</exception>
    public Component Describe(object instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var type = instance.GetType();
        RefuseSetField(type, instance);
        var parameters = new JsonObject();
        foreach (var property in Settings(type)) parameters[property.Name] = Write(type, property, instance);
        var cell = CellAssembly.Of(type.Assembly);
        return new Component
        {
            TypeName = type.FullName ?? throw new ComponentException($"{type.Name} is a generic type that is not closed; it cannot be described."),
            AssemblyName = type.Assembly.GetName().Name ?? "",
            Image = cell?.Image,
            Source = cell?.Source,
            Parameters = parameters,
        };
    }

    /// <summary>Tells of an assembly that was compiled from a notebook cell, so that components of its types can leave the process.</summary>
    /// <param name="image">The assembly, its portable debug information embedded.</param>
    /// <param name="assembly">The same assembly, loaded.</param>
    /// <param name="source">The cell's text.</param>
    /// <param name="cellName">What the notebook calls the cell.</param>
    public void Register(byte[] image, Assembly assembly, string? source, string cellName)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(assembly);
        ArgumentException.ThrowIfNullOrWhiteSpace(cellName);
        CellAssembly.Register(assembly, new CellAssembly(image, source, cellName));
    }

    /// <summary>Makes the object that a component describes.</summary>
    /// <typeparam name="T">What it must be: a policy, a workload.</typeparam>
    /// <exception cref="ComponentException">It cannot be made; the message says why.</exception>
    public T Create<T>(Component component) where T : class
    {
        ArgumentNullException.ThrowIfNull(component);
        var type = FindType(component);
        if (!typeof(T).IsAssignableFrom(type))
            throw new ComponentException($"{component.Name} is not a {typeof(T).Name}: derive the class from {typeof(T).Name}.");
        if (type.IsAbstract)
            throw new ComponentException($"{component.Name} is abstract, so no object can be made of it: name a class that derives from it.");
        if (type.GetConstructor(Type.EmptyTypes) is not { } constructor)
            throw new ComponentException($"{component.Name} has no public constructor without parameters: give it one, and make its settings public properties.");
        var instance = Guarded(() => constructor.Invoke(null), type, $"The constructor of {component.Name} threw");
        foreach (var (name, value) in component.Parameters) Set(instance, name, value);
        return (T)instance;
    }

    /// <summary>The policies that an experiment plans to let take over, with the times in nanoseconds.</summary>
    internal IReadOnlyList<(long Time, Succession Succession)> CreateSwaps(Experiment experiment) =>
        [.. experiment.Swaps.Select(swap => (Nanoseconds.Of(swap.Time), new Succession(swap.Policy, Create<SchedulingPolicy>(swap.Policy))))];

    private static void Set(object instance, string name, JsonNode? value)
    {
        var type = instance.GetType();
        var settings = Settings(type).ToList();
        var property = settings.Find(property => property.Name == name) ?? throw new ComponentException(
            $"{type.Name} has no public settable property '{name}'. "
            + (settings.Count == 0 ? "It has no settings at all." : $"Its settings are: {string.Join(", ", settings.Select(each => each.Name))}."));
        object? read;
        try
        {
            read = value.Deserialize(property.PropertyType, ExperimentJson.Parameters);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            throw new ComponentException($"Property {name} of {type.Name} is a {property.PropertyType.Name} and cannot be {value?.ToJsonString() ?? "null"}.", exception);
        }
        if (read is null && property.PropertyType.IsValueType && Nullable.GetUnderlyingType(property.PropertyType) is null)
            throw new ComponentException($"Property {name} of {type.Name} is a {property.PropertyType.Name} and cannot be null.");
        Guarded(() => { property.SetValue(instance, read); return instance; }, type, $"{type.Name} refused {value?.ToJsonString() ?? "null"} for its property {name}:");
    }

    // Written and read back at once: better an error in the cell that makes the policy than one in a worker.
    private static JsonNode? Write(Type type, PropertyInfo property, object instance)
    {
        var value = Guarded(() => property.GetValue(instance) ?? DBNull.Value, type, $"Reading property {property.Name} of {type.Name} threw");
        if (value == DBNull.Value) return null;
        try
        {
            var node = JsonSerializer.SerializeToNode(value, property.PropertyType, ExperimentJson.Parameters);
            var again = JsonSerializer.SerializeToNode(node.Deserialize(property.PropertyType, ExperimentJson.Parameters), property.PropertyType, ExperimentJson.Parameters);
            return JsonNode.DeepEquals(node, again) ? node : throw new NotSupportedException($"it came back as {again?.ToJsonString() ?? "null"}");
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            throw new ComponentException(
                $"Property {property.Name} of {type.Name} is a {property.PropertyType.Name}, which cannot be kept as JSON ({exception.Message.Split('\n')[0].TrimEnd()}). "
                + "Make it a number, a text, a TimeSpan, a record of these, or mark it [JsonIgnore].", exception);
        }
    }

    // A field is no setting. Values of other kinds than these are not told from those of a new object by looking at them.
    private static void RefuseSetField(Type type, object instance)
    {
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public).Where(field => !field.IsInitOnly && (field.FieldType.IsValueType || field.FieldType == typeof(string))).ToList();
        if (fields.Count == 0 || type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is not { } constructor) return;
        var fresh = Guarded(() => constructor.Invoke(null), type, $"The constructor of {type.Name} threw");
        if (fields.Find(field => !Equals(field.GetValue(instance), field.GetValue(fresh))) is { } set)
            throw new ComponentException($"{set.Name} of {type.Name} is a field, and {set.GetValue(instance) ?? "null"} would not reach the run: make it a property ({set.Name} {{ get; set; }}).");
    }

    private static IEnumerable<PropertyInfo> Settings(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property =>
            property is { GetMethod.IsPublic: true, SetMethod.IsPublic: true }
            && property.GetIndexParameters().Length == 0
            && !property.IsDefined(typeof(JsonIgnoreAttribute), inherit: true));

    // Runs user code by reflection; what it throws becomes an error that names its cell and line.
    private static object Guarded(Func<object> call, Type type, string what)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException exception)
        {
            var cause = exception.InnerException ?? exception;
            if (cause is OperationCanceledException) ExceptionDispatchInfo.Throw(cause);
            var (cell, line) = PolicySource.Locate(type, ConstructorInfo.ConstructorName, cause);
            var where = line is null ? "" : $" ({cell}, line {line})";
            throw new ComponentException($"{what} {cause.GetType().Name}: {cause.Message}{where}", cause) { Cell = cell, Line = line };
        }
    }
}
