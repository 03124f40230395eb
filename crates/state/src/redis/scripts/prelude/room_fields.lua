-- What a record keeps of the room its user is in, whatever ends it.
'e', 'k', 'l', 'g', 'rm', 'rc', 'rp', 'rs', 'rr', 'rb'
